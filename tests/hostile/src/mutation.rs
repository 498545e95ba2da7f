//! Mutations of an input that are the same at every run: turned bits, cuts, splices, numbers that
//! tempt. A small sibling of a fuzzer, for machines that have none.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Longest input that a mutation makes, bytes.
const INPUT_BYTES_MAX: usize = 64 << 10;
/// Bytes on which lengths and signs turn over.
const TEMPTING: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0x22, 0x2c];

/// Draws mutations of inputs of one corpus.
pub struct Mutator(ChaCha8Rng);

impl Mutator {
    /// Everything follows from the name and the number.
    pub fn new(name: &str, number: u64) -> Self {
        let name = name.bytes().fold(number, |hash, byte| {
            hash.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
        });
        Self(ChaCha8Rng::seed_from_u64(name))
    }

    /// A number below `end`, and 0 if there is none.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64()).unwrap_or(0) % end.max(1)
    }

    /// One to four changes of `input`, with pieces of `other`.
    pub fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut bytes, other);
        }
        bytes.truncate(INPUT_BYTES_MAX);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        let length = self.below((bytes.len() - at).min(64) + 1);
        match self.below(7) {
            0 | 1 => {
                let bit = self.below(8);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            2 => {
                let tempting = TEMPTING[self.below(TEMPTING.len())];
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = tempting;
                }
            }
            3 => bytes.truncate(at),
            4 => drop(bytes.drain(at..at + length)),
            5 => {
                let again = bytes[at..at + length].to_vec();
                bytes.splice(at..at, again);
            }
            _ => {
                let from = self.below(other.len());
                let to = from + self.below(other.len() - from + 1);
                bytes.splice(at..at + length, other[from..to].iter().copied());
            }
        }
    }
}

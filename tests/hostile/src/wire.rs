//! Bytes that a peer puts on the line: streams of frames, frames, and packed payloads.

use bytes::Bytes;
use registry::act::papers::PapersOfRecord;
use sync_proto::{Class, FillState, limits};
use sync_quic::{Assembler, FrameLimits, Purpose};

use crate::line::{Line, Side};

/// A stream, cut into pieces as the first byte says; what is held stays near what came.
pub(crate) fn stream(bytes: &[u8]) {
    let Some((how, stream)) = bytes.split_first() else {
        return;
    };
    let purpose = if how & 1 == 0 {
        Purpose::Sync
    } else {
        Purpose::Join
    };
    let piece_bytes = usize::from(how >> 1) + 1;
    let allowed = FrameLimits::of(purpose);
    let mut assembler = Assembler::new(allowed);
    let (mut came, mut frames) = (0, 0);
    for piece in stream.chunks(piece_bytes) {
        let mut piece = Bytes::copy_from_slice(piece);
        loop {
            match assembler.next_frame(&mut piece) {
                Ok(Some(frame)) => {
                    assert!(frame.len() <= allowed.frame_bytes_max());
                    came += frame.len();
                    frames += 1;
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
        assert!(piece.is_empty(), "bytes are left that no frame has");
    }
    assert!(came + frames <= stream.len(), "more comes out than went in");
}

/// Sessions in one of the states that they can be in.
pub(crate) fn line_in(state: u8) -> Line {
    let mut line = Line::new(6, 8);
    match state % 6 {
        0 => {}
        1 => {
            line.confirm();
            while line.round() {}
        }
        2 => {
            line.office.fill = Some(FillState::default());
            line.reconnect();
            line.confirm();
            for _ in 0..3 {
                line.round();
            }
        }
        3 => {
            line.confirm();
            while line.round() {}
            line.office.slice.clear();
            line.reconnect();
            line.confirm();
            line.deliver(Side::Central, 0);
            line.work(Side::Central);
            line.deliver(Side::Node, 0);
        }
        4 => {
            line.confirm();
            for _ in 0..2 {
                line.round();
            }
        }
        _ => {
            line.deliver(Side::Central, 0);
            line.work(Side::Central);
        }
    }
    line
}

/// One frame: state, then side and class, then the frame.
pub(crate) fn frame(bytes: &[u8]) {
    let Some(([state, at], frame)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let mut line = line_in(*state);
    let side = if at & 1 == 0 {
        Side::Node
    } else {
        Side::Central
    };
    let class = Class::ALL[usize::from(at >> 1) % Class::ALL.len()];
    line.give(side, class, Bytes::copy_from_slice(frame));
    for _ in 0..4 {
        line.round();
    }
}

/// A list of papers, unpacked; one that is taken is what it says.
fn papers(payload: &[u8]) {
    let Ok(list) = PapersOfRecord::decode(payload, false) else {
        return;
    };
    let again = list.encode().expect("it came as bytes");
    assert_eq!(PapersOfRecord::decode(&again, false), Ok(list));
}

/// A good frame around a packed payload: which frame, then the payload; stored as it is, so that
/// what is in it is read, or packed by whoever sends it.
pub(crate) fn payload(bytes: &[u8]) {
    let Some((which, payload)) = bytes.split_first() else {
        return;
    };
    papers(payload);
    let stored = which & 1 == 0;
    let room = limits::PAYLOAD_BYTES_MAX + 4;
    let packed = [if stored { &[0_u8][..] } else { &[] }, payload].concat();
    let packed = packed.get(..room).unwrap_or(&packed).to_vec();
    let (state, side, class, frame) = match (which >> 1) % 4 {
        0 => {
            let body = postcard::to_stdvec(&(48_u8, line_in(1).applied() + 1, &packed));
            (1, Side::Node, Class::Feed, body)
        }
        1 => {
            let last = Some([200_u8; 16]);
            let body = postcard::to_stdvec(&(
                80_u8,
                None::<[u8; 16]>,
                last,
                false,
                8_u64,
                None::<u8>,
                &packed,
            ));
            (2, Side::Node, Class::Fill, body)
        }
        2 => {
            let body = postcard::to_stdvec(&(65_u8, false, Vec::<[u8; 16]>::new(), &packed));
            (3, Side::Node, Class::Repair, body)
        }
        _ => {
            let taken = line_in(1).taken();
            let count = u32::try_from(payload.len() % 5).unwrap_or(0) + 1;
            let body = postcard::to_stdvec(&(
                32_u8,
                taken.incarnation.get(),
                taken.number.get() + 1,
                count,
                taken.chain.short(),
                true,
                &packed,
                [[1_u8; 32]; 2],
            ));
            (1, Side::Central, Class::Push, body)
        }
    };
    let mut line = line_in(state);
    line.give(side, class, frame.expect("a frame").into());
    for _ in 0..4 {
        line.round();
    }
}

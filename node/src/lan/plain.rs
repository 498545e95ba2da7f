//! A browser that speaks plain HTTP to the port of TLS: it is told where to go, in words, and
//! nothing that it sent is looked at.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The first byte of TLS: a record of the handshake.
const HANDSHAKE: u8 = 0x16;
/// How long the peer may take to read it, and to end.
const LAST: Duration = Duration::from_secs(2);
/// What is read away at most, so that the answer is not lost with a reset, bytes.
const AWAY_BYTES_MAX: u64 = 64 << 10;

/// Whether the peer begins like HTTP: with a letter of a method.
pub(super) async fn is_http(stream: &TcpStream) -> bool {
    let mut first = [0; 1];
    let looked = stream.peek(&mut first).await;
    let [byte] = first;
    looked.is_ok_and(|count| count == 1) && byte != HANDSHAKE && byte.is_ascii_uppercase()
}

/// Says where the screens are.
pub(super) async fn tell(mut stream: TcpStream, url: &str) {
    let words = format!(
        "Cổng này chỉ dùng HTTPS. Hãy mở: {url}\nThis port speaks HTTPS only. Open: {url}\n"
    );
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{words}",
        words.len()
    );
    let _ = tokio::time::timeout(LAST, async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        let mut away = (&mut stream).take(AWAY_BYTES_MAX);
        tokio::io::copy(&mut away, &mut tokio::io::sink()).await
    })
    .await;
}

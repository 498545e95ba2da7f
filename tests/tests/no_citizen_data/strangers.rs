//! Who knocks: frames and requests that are none, with people's data in them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use registry_tests::world::World;

use super::cast::{self, NAME, STRANGER};
use super::raw::{closed_with, raw};
use super::scene::Scene;

/// On the line of the centre, and on the interfaces of both.
pub(crate) fn knock(scene: &mut Scene) {
    let to: SocketAddr = scene.world.central.quic.parse().unwrap();
    let root = scene.world.pki.join("root.pem");
    let text = format!("{} {STRANGER} {}", cast::name("Lò"), cast::ADDRESS);
    let length = u8::try_from(text.len() + 1).unwrap();
    let framed = |tag: u8| [&[length, tag][..], text.as_bytes()].concat();
    let mut frames: Vec<Vec<u8>> = (0..=24).map(framed).collect();
    // A hello whose texts are marked: it is read as far as it goes.
    let hello = [&[1, 1, 4, length - 1][..], text.as_bytes(), &[0, 0]].concat();
    let whole = u8::try_from(hello.len()).unwrap();
    frames.push([&[whole][..], &hello].concat());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Under the first office's own key: it is displaced meanwhile, and comes back.
    runtime.block_on(async {
        for frame in &frames {
            let line = raw(&scene.offices[0], &root, to).await;
            closed_with(&line, frame).await;
        }
    });
    let addresses = [scene.offices[0].api.base(), scene.world.central.api.base()];
    for base in addresses.map(ToOwned::to_owned) {
        for request in [
            format!("GET /{NAME} HTTP/9.9\r\n\r\n"),
            format!("{NAME} /{STRANGER} HTTP/1.1\r\nHost: {NAME}\r\n{NAME}: {STRANGER}\r\n\r\n"),
            format!(
                "GET /find?q={NAME} HTTP/1.1\r\nHost: {NAME}.vn\r\nCookie: npd_session={NAME}\r\n\r\n"
            ),
            format!(
                "POST /api/v1/acts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n{NAME}"
            ),
            format!("\u{0}{NAME}\r\n\r\n"),
        ] {
            let address = base.trim_start_matches("http://");
            let mut stream = TcpStream::connect(address).unwrap();
            // Whoever is refused early may find the door shut while still speaking.
            let _ = stream.write_all(request.as_bytes());
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
        }
    }
    settle(&scene.world, scene);
}

fn settle(world: &World, scene: &Scene) {
    registry_tests::wait::until("the office has its line again", || {
        let office = &scene.offices[0];
        let _ = office
            .api
            .post("/api/v1/sync-now?wait_ms=0", &serde_json::json!({}));
        (office.status()["linked"] == serde_json::json!(true)).then_some(())
    });
    world.until_equal(&scene.offices[0]);
}

//! Frames: order, urgency, sizes, and the ends of a line.

use std::sync::Arc;

use bytes::Bytes;
use sync_proto::{Class, limits};
use sync_quic::LinkError;

use crate::pki::{Pki, connect, local, pair};

fn frame(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

#[tokio::test]
async fn frames_of_every_class_come_back_in_order() {
    let (_listener, _dialer, near, far) = pair().await;
    let far = Arc::new(far);
    let echo = Arc::clone(&far);
    let echo = tokio::spawn(async move {
        while let Ok(Some((class, body))) = echo.recv().await {
            echo.send(class, body).await.unwrap();
        }
    });
    for class in Class::ALL {
        for number in 0..20 {
            near.send(class, frame(&format!("{class:?} {number}")))
                .await
                .unwrap();
        }
    }
    let mut seen: Vec<(Class, Vec<u8>)> = Vec::new();
    while seen.len() < 20 * Class::ALL.len() {
        let (class, body) = near.recv().await.unwrap().unwrap();
        seen.push((class, body.to_vec()));
    }
    for class in Class::ALL {
        let of_class: Vec<_> = seen.iter().filter(|(c, _)| *c == class).collect();
        for (number, (_, body)) in of_class.iter().enumerate() {
            assert_eq!(body, format!("{class:?} {number}").as_bytes());
        }
        assert_eq!(of_class.len(), 20);
    }
    near.close(0, "done");
    echo.await.unwrap();
}

#[tokio::test]
async fn the_longest_frame_arrives_and_a_longer_one_is_not_taken() {
    let (_listener, _dialer, near, far) = pair().await;
    near.send(Class::Control, frame("hello")).await.unwrap();
    let longest = Bytes::from(vec![9; limits::FRAME_BYTES_MAX]);
    near.send(Class::Fill, longest.clone()).await.unwrap();
    assert_eq!(
        far.recv().await.unwrap(),
        Some((Class::Control, frame("hello")))
    );
    assert!(far.recv().await.unwrap() == Some((Class::Fill, longest)));
    let longer = Bytes::from(vec![9; limits::FRAME_BYTES_MAX + 1]);
    let error = near.send(Class::Fill, longer).await.unwrap_err();
    assert_eq!(error.code(), "frame_too_long");
    near.send(Class::Control, frame("still here"))
        .await
        .unwrap();
    assert_eq!(
        far.recv().await.unwrap(),
        Some((Class::Control, frame("still here")))
    );
}

#[tokio::test]
async fn control_passes_a_fill_that_nobody_takes_and_the_fill_is_held_back() {
    let (_listener, _dialer, near, far) = pair().await;
    let near = Arc::new(near);
    near.send(Class::Control, frame("hello")).await.unwrap();
    assert_eq!(
        far.recv().await.unwrap(),
        Some((Class::Control, frame("hello")))
    );
    let filler = Arc::clone(&near);
    let pages = 40;
    let (about_to_block, mut progress) = tokio::sync::watch::channel(0);
    let fill = tokio::spawn(async move {
        for page in 0..pages {
            let body = Bytes::from(vec![page; limits::FRAME_BYTES_MAX / 2]);
            filler.send(Class::Fill, body).await.unwrap();
            about_to_block.send_replace(page);
        }
    });
    // Enough is queued to fill this side's queue; the far side takes nothing.
    progress.wait_for(|page| *page >= 3).await.unwrap();
    near.send(Class::Control, frame("urgent")).await.unwrap();
    let mut pages_before = 0;
    while far.recv().await.unwrap().unwrap().0 != Class::Control {
        pages_before += 1;
    }
    assert!(pages_before < pages, "control came last");
    assert!(
        !fill.is_finished(),
        "20 MB were taken in though nobody read them"
    );
    for _ in pages_before..pages {
        assert_eq!(far.recv().await.unwrap().unwrap().0, Class::Fill);
    }
    fill.await.unwrap();
}

#[tokio::test]
async fn nothing_is_read_before_the_first_control_frame() {
    let (_listener, _dialer, near, far) = pair().await;
    near.send(Class::Push, frame("act")).await.unwrap();
    near.send(Class::Control, frame("hello")).await.unwrap();
    assert_eq!(far.recv().await.unwrap().unwrap().0, Class::Control);
    assert_eq!(far.recv().await.unwrap().unwrap().0, Class::Push);
}

#[tokio::test]
async fn the_code_and_the_words_of_a_closing_reach_the_peer() {
    let (_listener, _dialer, near, far) = pair().await;
    far.close(17, "revoked\x07");
    let error = near.recv().await.unwrap_err();
    assert_eq!(
        error,
        LinkError::ClosedByPeer {
            code: 17,
            words: "revoked ".to_owned()
        }
    );
    assert!(near.send(Class::Control, frame("late")).await.is_err());
    assert_eq!(far.recv().await, Ok(None));
}

#[tokio::test]
async fn finishing_delivers_what_was_queued_before_it_closes() {
    let (_listener, _dialer, near, far) = pair().await;
    let far = Arc::new(far);
    let giver = Arc::clone(&far);
    let giver = tokio::spawn(async move {
        giver.send(Class::Control, frame("hello")).await.unwrap();
        for _ in 0..4 {
            giver
                .send(Class::Feed, Bytes::from(vec![1; 300_000]))
                .await
                .unwrap();
        }
        giver.finish(0, "done").await;
    });
    let mut received = 0;
    while let Some((_, body)) = near.recv().await.unwrap() {
        received += body.len();
    }
    assert_eq!(received, 5 + 4 * 300_000);
    giver.await.unwrap();
}

#[tokio::test]
async fn a_line_goes_on_when_the_dialling_side_changes_its_address() {
    let (_listener, _dialer, near, far) = pair().await;
    for round in 0..3 {
        let text = frame(&format!("round {round}"));
        near.send(Class::Control, text.clone()).await.unwrap();
        assert_eq!(
            far.recv().await.unwrap(),
            Some((Class::Control, text.clone()))
        );
        far.send(Class::Control, text.clone()).await.unwrap();
        assert_eq!(near.recv().await.unwrap(), Some((Class::Control, text)));
        near.rebind(std::net::UdpSocket::bind(local()).unwrap())
            .unwrap();
    }
    assert!(
        far.rebind(std::net::UdpSocket::bind(local()).unwrap())
            .is_err()
    );
}

#[tokio::test]
async fn closing_one_line_leaves_the_next_one_to_the_same_peer_alone() {
    let pki = Pki::new();
    let (listener, dialer) = (pki.listen(), pki.dialer());
    let (first, first_far) = connect(&dialer, &listener).await;
    let (second, second_far) = connect(&dialer, &listener).await;
    first.close(0, "");
    assert_eq!(first_far.link.recv().await, Ok(None));
    drop((first, first_far));
    second.send(Class::Control, frame("hello")).await.unwrap();
    assert!(second_far.link.recv().await.unwrap().is_some());
    second_far
        .link
        .send(Class::Control, frame("answer"))
        .await
        .unwrap();
    assert!(second.recv().await.unwrap().is_some());
}

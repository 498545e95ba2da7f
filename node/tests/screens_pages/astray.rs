//! Who goes astray: an address that there is not, a query that cannot be read, a form that is too
//! large. A browser is shown a page, in its language; a program is answered as ever.

use super::*;

/// Far more than the office takes of a form, and than a line holds by itself, bytes.
const MUCH_TOO_LARGE: usize = 24 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_goes_astray_is_shown_a_page() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let asked = [
        ("GET", "/household/1", 404, "Không có trang nào"),
        ("GET", "/cards", 404, "Không có trang nào"),
        ("GET", "/statistics?year=abc", 400, "không đọc được"),
        ("GET", "/find?q=a&q=b", 400, "không đọc được"),
        ("DELETE", "/people/x", 405, "không đọc được"),
    ];
    for (method, path, status, words) in asked {
        let seen = house.ask(method, path, &[], &lan).await;
        assert_eq!(seen.status, status, "{path}");
        assert!(seen.html.contains("<main"), "{path}: {}", seen.html);
        assert!(seen.html.contains(words), "{path}: {}", seen.html);
        // Whoever is not signed in sees no more of the office there.
        assert!(!seen.html.contains("name=\"csrf\""), "{path}");
    }
    let english = format!("{lan}; npd_language=en");
    let seen = house.get("/household/1", &english).await;
    assert!(seen.html.contains("There is no page at this address"));
    house.node.stop().await;
}

/// Whoever still writes when the answer is given sees it, and no line that is torn down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_too_large_is_answered_with_a_page() {
    let house = house().await;
    let name = "x".repeat(MUCH_TOO_LARGE);
    let form = [("name", name.as_str())];
    let seen = house.ask("POST", "/sign-in", &form, "").await;
    assert_eq!(seen.status, 413);
    assert!(seen.html.contains("<main") && seen.html.contains("quá lớn"));
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_goes_astray_is_answered_as_ever() {
    let house = house().await;
    let uri = format!("http://{}/api/v1/nothing", house.node.address);
    for accept in ["*/*", "text/html"] {
        let request = ureq::http::Request::get(&uri).header("Accept", accept);
        let request = request.body(()).unwrap();
        let (status, body) = spawn_blocking(move || {
            let config = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .build();
            let mut response = ureq::Agent::from(config).run(request).unwrap();
            let body = response.body_mut().read_to_string().unwrap();
            (response.status().as_u16(), body)
        })
        .await
        .unwrap();
        assert_eq!(status, 404);
        assert!(body.contains("\"route_unknown\""), "{accept}: {body}");
    }
    house.node.stop().await;
}

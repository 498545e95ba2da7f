//! Which pages may ask for the screens: those of this office, under the names that it has. It stands
//! against pages of others that send forms here (`Origin`), against names of others that lead here
//! (`Host`), and against cookies that travel or are set where nothing is encrypted.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use provisioning::ScreensName;

use crate::api::ApiError;

/// A cookie that begins so is taken by a browser over HTTPS from this very host alone.
const OWN_HOST: &str = "__Host-";
/// For half a year browsers ask for the screens over HTTPS alone.
const HTTPS_ONLY: &str = "max-age=15552000";

/// On this machine: any spelling of the loopback, over plain HTTP.
pub(crate) async fn loopback(request: Request, next: Next) -> Response {
    let is_own = |host: &str| {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = |address: IpAddr| address.is_loopback();
        host.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(is_loopback)
    };
    match allowed(&request, "http", is_own) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// From other machines: the names that the certificate has, over HTTPS.
pub(crate) async fn lan(
    State(names): State<Arc<[ScreensName]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_own = |host: &str| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host.parse().is_ok_and(|host| names.contains(&host))
    };
    if let Err(refused) = allowed(&request, "https", is_own) {
        return refused.into_response();
    }
    keep_own_cookies(request.headers_mut());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    make_own_cookies(headers);
    headers.insert(
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static(HTTPS_ONLY),
    );
    response
}

/// Whether a request is for this office and, if it changes anything, from one of its pages.
fn allowed(request: &Request, scheme: &str, is_own: impl Fn(&str) -> bool) -> Result<(), ApiError> {
    let headers = request.headers();
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).or_else(|| request.uri().authority().map(Authority::as_str));
    let authority = host.and_then(|host| host.parse::<Authority>().ok());
    let Some(authority) = authority.filter(|it| is_own(it.host())) else {
        return Err(ApiError::new(
            StatusCode::MISDIRECTED_REQUEST,
            "host_unknown",
            "this office is not called so",
            "open one of the addresses that `commune-node status` tells",
        ));
    };
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let own = format!("{scheme}://{authority}");
    let is_foreign = match headers.get(header::ORIGIN) {
        Some(origin) => !origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()),
        // A browser that tells no origin tells whether the page is another's.
        None => headers
            .get("sec-fetch-site")
            .is_some_and(|site| site != "same-origin" && site != "none"),
    };
    if is_foreign {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "origin_foreign",
            "the form came from another page than this office's",
            "open the office's own address and begin there",
        ));
    }
    Ok(())
}

/// Of the cookies only those count that a browser took over HTTPS from this host. Within the process
/// they have the names that they have on the loopback.
fn keep_own_cookies(headers: &mut HeaderMap) {
    let own: Vec<&str> = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(OWN_HOST))
        .collect();
    let own = HeaderValue::from_str(&own.join("; "));
    headers.remove(header::COOKIE);
    if let Ok(own) = own {
        headers.insert(header::COOKIE, own);
    }
}

/// Cookies leave with the name that binds them to this host, and never without encryption.
fn make_own_cookies(headers: &mut HeaderMap) {
    let made: Vec<HeaderValue> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter_map(|cookie| HeaderValue::from_str(&format!("{OWN_HOST}{cookie}; Secure")).ok())
        .collect();
    headers.remove(header::SET_COOKIE);
    for cookie in made {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn asked(method: &str, host: &str, headers: &[(&'static str, &str)]) -> Request {
        let mut request = Request::builder().method(method).uri("/sign-in");
        for (name, value) in headers.iter().chain(&[("host", host)]) {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    fn code(request: &Request) -> String {
        let is_own = |host: &str| host == "office-00004.office.internal";
        match allowed(request, "https", is_own) {
            Ok(()) => "allowed".to_owned(),
            Err(refused) => refused.words().code.clone(),
        }
    }

    const HERE: &str = "office-00004.office.internal:7543";

    #[test]
    fn a_form_is_taken_from_the_office_s_own_pages_alone() {
        let of = |origin: &str| code(&asked("POST", HERE, &[("origin", origin)]));
        assert_eq!(of("https://office-00004.office.internal:7543"), "allowed");
        assert_eq!(of("https://Office-00004.office.internal:7543"), "allowed");
        for foreign in [
            "http://office-00004.office.internal:7543",
            "https://office-00004.office.internal",
            "https://office-00004.office.internal:7544",
            "https://office-00008.office.internal:7543",
            "https://office-00004.office.internal:7543.evil.vn",
            "null",
            "",
        ] {
            assert_eq!(of(foreign), "origin_foreign", "{foreign}");
        }
        let site = |site: &str| code(&asked("POST", HERE, &[("sec-fetch-site", site)]));
        assert_eq!(site("cross-site"), "origin_foreign");
        assert_eq!(site("same-site"), "origin_foreign");
        assert_eq!(site("same-origin"), "allowed");
        assert_eq!(code(&asked("POST", HERE, &[])), "allowed");
        assert_eq!(
            code(&asked("GET", HERE, &[("origin", "https://evil.vn")])),
            "allowed"
        );
    }

    #[test]
    fn a_name_that_the_office_does_not_have_is_refused() {
        assert_eq!(code(&asked("GET", HERE, &[])), "allowed");
        for foreign in [
            "evil.vn",
            "127.0.0.1:7543",
            "",
            "a b",
            "evil.vn@office-00008",
        ] {
            assert_eq!(
                code(&asked("GET", foreign, &[])),
                "host_unknown",
                "{foreign}"
            );
        }
    }

    #[test]
    fn cookies_are_bound_to_the_host_and_to_encryption() {
        let mut headers = HeaderMap::new();
        let all = "npd_session=planted; __Host-npd_session=own; __Host-npd_language=en";
        headers.insert(header::COOKIE, HeaderValue::from_static(all));
        keep_own_cookies(&mut headers);
        assert_eq!(headers[header::COOKIE], "npd_session=own; npd_language=en");
        let set = "npd_session=new; HttpOnly; SameSite=Strict; Path=/";
        headers.append(header::SET_COOKIE, HeaderValue::from_static(set));
        make_own_cookies(&mut headers);
        assert_eq!(
            headers[header::SET_COOKIE],
            "__Host-npd_session=new; HttpOnly; SameSite=Strict; Path=/; Secure"
        );
    }
}

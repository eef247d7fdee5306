//! Who is let in, decided before the service sees anything of a request.

use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::request::Parts;
use http::uri::Authority;

use super::token::Token;
use crate::status::{ApiError, Qualified};

/// Lets the request in, without its credential, or says why not.
pub(super) fn admit(parts: &mut Parts, token: &Token) -> Result<(), ApiError> {
    refuse_browsers(parts)?;
    if !token.is_shown_by(&parts.headers) {
        return Err(ApiError::unauthorized("Unauthorized"));
    }
    // The service, its logs and its tests have no use for it.
    parts.headers.remove(AUTHORIZATION);
    Ok(())
}

/// Refuses what a web page could have made a browser send: a page may resolve its own name to
/// loopback (DNS rebinding), which the Host header shows, and cross-site requests carry an Origin.
fn refuse_browsers(parts: &Parts) -> Result<(), ApiError> {
    if parts.headers.contains_key(ORIGIN) {
        return Err(refused("requests with an Origin header are not served"));
    }
    let mut named = 0;
    let from_uri = parts.uri.authority().cloned().map(Some);
    let from_headers = parts
        .headers
        .get_all(HOST)
        .iter()
        .map(|value| value.to_str().ok().and_then(|text| text.parse().ok()));
    for authority in from_uri.into_iter().chain(from_headers) {
        named += 1;
        if !authority.as_ref().is_some_and(is_loopback) {
            return Err(refused(
                "the Host header must name 127.0.0.1, localhost or [::1]",
            ));
        }
    }
    if named == 0 {
        return Err(refused("the Host header is missing"));
    }
    Ok(())
}

/// Any port will do: a tunnel may end in another one, and a rebinding page cannot choose the name.
fn is_loopback(authority: &Authority) -> bool {
    let no_user = !authority.as_str().contains('@');
    let host = authority.host();
    no_user && (matches!(host, "127.0.0.1" | "[::1]") || host.eq_ignore_ascii_case("localhost"))
}

fn refused(why: &str) -> ApiError {
    let no_resource = Qualified {
        group: "",
        resource: "",
    };
    ApiError::forbidden(no_resource, "", why)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    /// The code and message for a request with these headers; 200 when it is let in.
    fn verdict(token: &Token, uri: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request
            .header("authorization", format!("Bearer {}", token.secret()))
            .body(())
            .unwrap()
            .into_parts();
        match admit(&mut parts, token) {
            Ok(()) => {
                assert!(!parts.headers.contains_key(AUTHORIZATION));
                (200, String::new())
            }
            Err(error) => (error.code, error.message),
        }
    }

    #[test]
    fn loopback_by_any_of_its_names_is_let_in() {
        let token = Token::random().unwrap();
        for host in [
            "127.0.0.1",
            "127.0.0.1:8443",
            "localhost:1",
            "LocalHost",
            "[::1]:9",
        ] {
            assert_eq!(
                verdict(&token, "/version", &[("host", host)]).0,
                200,
                "{host}"
            );
            let uri = format!("https://{host}/version");
            assert_eq!(verdict(&token, &uri, &[]).0, 200, "{uri}");
        }
    }

    #[test]
    fn foreign_hosts_are_refused_wherever_they_stand() {
        let token = Token::random().unwrap();
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
            "127.0.0.2",
            "localhost@evil.example",
            "evil@localhost",
            "",
            "a b",
        ] {
            let (code, message) = verdict(&token, "/version", &[("host", host)]);
            assert_eq!(code, 403, "{host:?}");
            assert_eq!(
                message,
                "forbidden: the Host header must name 127.0.0.1, localhost or [::1]"
            );
        }
        let both = [("host", "localhost"), ("host", "evil.example")];
        assert_eq!(verdict(&token, "/version", &both).0, 403);
        let uri = "https://evil.example/version";
        assert_eq!(verdict(&token, uri, &[("host", "localhost")]).0, 403);
        assert_eq!(verdict(&token, "/version", &[]).0, 403);
    }

    #[test]
    fn any_origin_is_refused_its_own_included() {
        let token = Token::random().unwrap();
        for origin in ["https://evil.example", "https://127.0.0.1:8443", "null"] {
            let headers = [("host", "127.0.0.1:8443"), ("origin", origin)];
            assert_eq!(verdict(&token, "/version", &headers).0, 403);
        }
    }
}

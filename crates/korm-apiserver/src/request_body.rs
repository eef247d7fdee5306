//! Reading a request's body, bounded as Kubernetes bounds it.

use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

use crate::status::ApiError;

/// Bytes a request may carry: `MaxRequestBodyBytes` of k8s.io/apiserver.
pub(crate) const LIMIT: usize = 3 * 1024 * 1024;

/// Reads the whole body: 413 as soon as it is over [`LIMIT`], 400 where it breaks off.
pub(crate) async fn read<B>(body: B) -> Result<Bytes, ApiError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<tower::BoxError>,
{
    let mut body = std::pin::pin!(body);
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|e| ApiError::bad_request(format!("unable to read: {}", e.into())))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let so_far = first.as_ref().map_or(rest.len(), Bytes::len);
        if so_far + data.len() > LIMIT {
            return Err(ApiError::request_entity_too_large(&format!(
                "limit is {LIMIT}"
            )));
        }
        // Most bodies are one frame: those are passed on without a copy.
        match first.take() {
            None if rest.is_empty() => first = Some(data),
            None => rest.extend_from_slice(&data),
            Some(head) => {
                rest.reserve(head.len() + data.len());
                rest.extend_from_slice(&head);
                rest.extend_from_slice(&data);
            }
        }
    }
    Ok(first.unwrap_or_else(|| rest.freeze()))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::stream;
    use http_body::Frame;
    use http_body_util::{Full, StreamBody};

    use super::*;

    fn frames(sizes: &[usize]) -> impl Body<Data = Bytes, Error = Infallible> + use<> {
        let frames: Vec<_> = sizes
            .iter()
            .enumerate()
            .map(|(at, size)| Ok(Frame::data(Bytes::from(vec![b'0' + at as u8; *size]))))
            .collect();
        StreamBody::new(stream::iter(frames))
    }

    #[tokio::test]
    async fn frames_are_joined_in_order() {
        assert_eq!(read(frames(&[])).await.unwrap(), "");
        assert_eq!(read(frames(&[2])).await.unwrap(), "00");
        assert_eq!(read(frames(&[1, 0, 2, 3])).await.unwrap(), "022333");
    }

    #[tokio::test]
    async fn the_limit_itself_is_allowed_and_one_more_byte_is_not() {
        assert_eq!(read(frames(&[LIMIT - 1, 1])).await.unwrap().len(), LIMIT);
        let error = read(frames(&[LIMIT, 1])).await.unwrap_err();
        assert_eq!(
            (error.code, error.reason, error.message.as_str()),
            (
                413,
                "RequestEntityTooLarge",
                "Request entity too large: limit is 3145728"
            )
        );
        let whole = Full::new(Bytes::from(vec![0; LIMIT + 1]));
        assert_eq!(read(whole).await.unwrap_err().code, 413);
    }
}

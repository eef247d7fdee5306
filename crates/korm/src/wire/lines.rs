//! The lines of a stream, none longer than a bound.

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

/// The longest line that is kept. The server refuses objects beyond 3 MiB; a watch event is one with its escapes.
pub(crate) const LONGEST: usize = 16 << 20;

/// Lines of a body, without their ends.
pub(crate) struct Lines<B> {
    body: B,
    buffer: BytesMut,
    /// How much of the buffer has no line end.
    searched: usize,
    longest: usize,
}

/// Why there is no next line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LineError {
    /// The connection broke.
    Broken(String),
    /// The line has more than so many bytes.
    TooLong(usize),
}

impl<B> Lines<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    pub(crate) fn new(body: B) -> Self {
        Self {
            body,
            buffer: BytesMut::new(),
            searched: 0,
            longest: LONGEST,
        }
    }

    /// The next whole line; nothing at the end. What stands after the last line end was cut off, and is dropped.
    /// Cancelling this loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, LineError> {
        loop {
            if let Some(line) = self.buffered() {
                return Ok(Some(line));
            }
            if self.buffer.len() > self.longest {
                return Err(LineError::TooLong(self.longest));
            }
            match self.body.frame().await {
                None => return Ok(None),
                Some(Err(error)) => return Err(LineError::Broken(error.to_string())),
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.buffer.extend_from_slice(data);
                    }
                }
            }
        }
    }

    fn buffered(&mut self) -> Option<Bytes> {
        loop {
            let end = self.buffer[self.searched..]
                .iter()
                .position(|byte| *byte == b'\n');
            let Some(end) = end else {
                self.searched = self.buffer.len();
                return None;
            };
            let line = self.buffer.split_to(self.searched + end).freeze();
            self.buffer.advance(1);
            self.searched = 0;
            if !line.trim_ascii().is_empty() {
                return Some(line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body::Frame;
    use http_body_util::StreamBody;

    use super::*;

    fn lines(
        chunks: &[&'static str],
        longest: usize,
    ) -> Lines<impl Body<Data = Bytes, Error = std::io::Error> + Unpin> {
        let frames: Vec<_> = chunks
            .iter()
            .map(|chunk| Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(chunk.as_bytes()))))
            .collect();
        Lines {
            longest,
            ..Lines::new(StreamBody::new(stream::iter(frames)))
        }
    }

    #[tokio::test]
    async fn lines_come_whole_however_they_were_cut() {
        let mut lines = lines(&["a", "b\n\ncd", "\nef\n", "cut"], 100);
        for expected in ["ab", "cd", "ef"] {
            assert_eq!(lines.next().await.unwrap().unwrap(), expected);
        }
        assert_eq!(lines.next().await, Ok(None));
    }

    #[tokio::test]
    async fn a_line_without_end_is_not_buffered_without_bound() {
        let mut lines = lines(&["short\n", "0123456789", "0123456789\n"], 8);
        assert_eq!(lines.next().await.unwrap().unwrap(), "short");
        assert_eq!(lines.next().await, Err(LineError::TooLong(8)));
    }
}

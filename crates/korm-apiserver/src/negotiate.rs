//! Which media types go in and out.

use http::header;

use crate::request::Request;
use crate::status::ApiError;

pub(crate) const JSON: &str = "application/json";
pub(crate) const YAML: &str = "application/yaml";
pub(crate) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// How objects are written on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Media {
    #[default]
    Json,
    Yaml,
    Protobuf,
}

impl Media {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Yaml => YAML,
            Self::Protobuf => PROTOBUF,
        }
    }

    fn parse(kind: &str) -> Option<Self> {
        Some(match kind {
            JSON => Self::Json,
            YAML => Self::Yaml,
            PROTOBUF => Self::Protobuf,
            _ => return None,
        })
    }
}

/// What objects are turned into before they are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Sent as they are.
    #[default]
    Plain,
    /// `as=Table`
    Table,
    /// `as=PartialObjectMetadata`
    Metadata,
    /// `as=PartialObjectMetadataList`
    MetadataList,
    /// `as=APIGroupDiscoveryList`: discovery of all groups in one answer.
    Discovery,
}

/// The answer's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) media: Media,
    pub(crate) shape: Shape,
    /// Version of the shape's kind: `v1`, or `v1beta1`.
    pub(crate) version: String,
    /// Indented, for people.
    pub(crate) pretty: bool,
}

/// What an endpoint can produce.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    /// Media types for plain answers, the default one first.
    pub(crate) plain: &'static [Media],
    pub(crate) tables: bool,
    pub(crate) metadata: bool,
    pub(crate) discovery: bool,
}

impl Offer {
    /// Objects of native kinds.
    pub(crate) const NATIVE: Self = Self {
        plain: &[Media::Json, Media::Yaml, Media::Protobuf],
        tables: true,
        metadata: true,
        discovery: false,
    };
    /// Objects of custom kinds, which have no protobuf form.
    pub(crate) const CUSTOM: Self = Self {
        plain: &[Media::Json, Media::Yaml],
        ..Self::NATIVE
    };
    /// Discovery of all groups.
    pub(crate) const DISCOVERY: Self = Self {
        discovery: true,
        tables: false,
        metadata: false,
        ..Self::NATIVE
    };
    /// Anything else that is an object.
    pub(crate) const PLAIN: Self = Self {
        discovery: false,
        ..Self::DISCOVERY
    };

    fn produces(&self, shape: Shape, media: Media) -> bool {
        match shape {
            Shape::Plain => self.plain.contains(&media),
            Shape::Table => self.tables && media != Media::Protobuf,
            Shape::Metadata | Shape::MetadataList => self.metadata,
            Shape::Discovery => self.discovery,
        }
    }
}

/// Chooses the form of the answer by the Accept header.
pub(crate) fn output(request: &Request, offer: Offer) -> Result<Output, ApiError> {
    let pretty = wants_pretty(request);
    let accept = request.header(header::ACCEPT);
    if accept.is_empty() {
        return Ok(Output {
            media: offer.plain[0],
            pretty,
            ..Output::default()
        });
    }
    let mut clauses: Vec<Clause<'_>> = accept.split(',').filter_map(Clause::parse).collect();
    clauses.sort_by(|a, b| b.quality.total_cmp(&a.quality)); // stable: ties in the order given
    for clause in &clauses {
        // An endpoint of custom kinds may offer protobuf for metadata, though not for objects.
        for media in [Media::Json, Media::Yaml, Media::Protobuf] {
            if let Some((shape, version)) = clause.accepts(media, offer) {
                let pretty = pretty || clause.pretty;
                return Ok(Output {
                    media,
                    shape,
                    version: version.to_owned(),
                    pretty,
                });
            }
        }
    }
    let accepted: Vec<&str> = [Media::Json, Media::Yaml, Media::Protobuf]
        .map(Media::content_type)
        .to_vec();
    Err(ApiError::not_acceptable(&accepted))
}

/// Whether the Accept header names a media type that is known, in whatever shape.
pub(crate) fn names_known_type(request: &Request) -> bool {
    let accept = request.header(header::ACCEPT);
    let mut kinds = accept
        .split(',')
        .map(|c| c.split(';').next().unwrap_or_default().trim());
    kinds.any(|kind| Media::parse(kind).is_some())
}

/// What the router of native resources says of media types that none of its routes produces.
pub(crate) fn not_routable(verb: &str) -> ApiError {
    let mut kinds = vec![JSON.to_owned(), YAML.to_owned(), PROTOBUF.to_owned()];
    if matches!(verb, "list" | "watch") {
        kinds.extend([JSON, PROTOBUF].map(|kind| format!("{kind};stream=watch")));
    }
    ApiError::not_routable(&kinds.join(", "))
}

pub(crate) fn wants_pretty(request: &Request) -> bool {
    match request.query.get("pretty") {
        Some(value) if !value.is_empty() => {
            matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True")
        }
        _ => {
            let agent = request.header(header::USER_AGENT);
            ["curl", "Wget", "Mozilla/5.0"]
                .iter()
                .any(|tool| agent.starts_with(tool))
        }
    }
}

/// The media type of the body; JSON where none is given.
pub(crate) fn input(request: &Request, native: bool) -> Result<Media, ApiError> {
    let given = request.header(header::CONTENT_TYPE);
    let kind = given
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let media = if given.is_empty() {
        Some(Media::Json)
    } else {
        Media::parse(&kind)
    };
    match media {
        Some(Media::Protobuf) if !native => {}
        Some(media) => return Ok(media),
        None => {}
    }
    Err(ApiError::unsupported_media_type(&[JSON, YAML, PROTOBUF]))
}

struct Clause<'a> {
    kind: &'a str,
    subkind: &'a str,
    quality: f64,
    target: &'a str,
    group: &'a str,
    version: &'a str,
    stream: &'a str,
    pretty: bool,
}

impl<'a> Clause<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subkind) = parts.next()?.split_once('/')?;
        let mut clause = Clause {
            kind,
            subkind,
            quality: 1.0,
            target: "",
            group: "",
            version: "",
            stream: "",
            pretty: false,
        };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name.trim() {
                "q" => clause.quality = value.trim().parse().unwrap_or(1.0),
                "as" => clause.target = value,
                "g" => clause.group = value,
                "v" => clause.version = value,
                "stream" => clause.stream = value,
                "pretty" => clause.pretty = value == "1",
                _ => {}
            }
        }
        Some(clause)
    }

    fn accepts(&self, media: Media, offer: Offer) -> Option<(Shape, &'a str)> {
        let (kind, subkind) = media.content_type().split_once('/')?;
        let fits = (self.kind == kind && (self.subkind == subkind || self.subkind == "*"))
            || (self.kind == "*" && self.subkind == "*");
        if !fits || !matches!(self.stream, "" | "watch") {
            return None;
        }
        let shape = match (self.target, self.group, self.version) {
            ("", "", "") => Shape::Plain,
            ("Table", "meta.k8s.io", "v1" | "v1beta1") => Shape::Table,
            ("PartialObjectMetadata", "meta.k8s.io", "v1" | "v1beta1") => Shape::Metadata,
            ("PartialObjectMetadataList", "meta.k8s.io", "v1" | "v1beta1") => Shape::MetadataList,
            ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2" | "v2beta1") => Shape::Discovery,
            _ => return None,
        };
        offer
            .produces(shape, media)
            .then_some((shape, self.version))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method, Uri};

    use super::*;

    fn negotiated(accept: &'static str, offer: Offer) -> Result<Output, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        let uri = Uri::from_static("/api/v1/pods");
        output(
            &Request::new(Method::GET, &uri, headers, Bytes::new()),
            offer,
        )
    }

    #[test]
    fn the_first_form_that_can_be_made_wins() {
        let kubectl = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
        let output = negotiated(kubectl, Offer::NATIVE).unwrap();
        assert_eq!(
            (output.shape, output.version.as_str()),
            (Shape::Table, "v1")
        );

        let client = "application/vnd.kubernetes.protobuf,application/json";
        assert_eq!(
            negotiated(client, Offer::NATIVE).unwrap().media,
            Media::Protobuf
        );
        assert_eq!(
            negotiated(client, Offer::CUSTOM).unwrap().media,
            Media::Json
        );

        assert_eq!(
            negotiated("text/html, */*;q=0.8", Offer::CUSTOM)
                .unwrap()
                .media,
            Media::Json
        );
        assert_eq!(
            negotiated("application/json;q=0.1,application/yaml", Offer::NATIVE)
                .unwrap()
                .media,
            Media::Yaml
        );
    }

    #[test]
    fn unknown_forms_are_not_acceptable() {
        let error = negotiated("text/html", Offer::NATIVE).unwrap_err();
        assert_eq!(error.code, 406);
        assert_eq!(
            error.message,
            "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf"
        );
    }
}

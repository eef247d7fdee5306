//! Transcoding between JSON and the protobuf encoding of native kinds.

//! What is recorded of the native kinds: names, types, formats, patch strategies, verbs.

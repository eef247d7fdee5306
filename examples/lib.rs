//! Programs that show korm; each is an example target.

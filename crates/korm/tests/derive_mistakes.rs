//! Every kind of mistake in a model is reported on the tokens that make it. One snapshot each; the
//! messages of the compiler itself change with its version, so these are checked with the one CI pins.

#[test]
fn mistakes() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

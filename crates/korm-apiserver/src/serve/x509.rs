//! A certificate authority for one start of the server, and the certificate it signs.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Names the certificate is good for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What TLS needs, and what clients need to trust it. The authority's key is gone.
pub(super) struct Identity {
    pub(super) authority_pem: String,
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

/// Makes an authority and a certificate for loopback, valid from yesterday for a year.
pub(super) fn identity() -> Result<Identity, rcgen::Error> {
    let authority = CertifiedIssuer::self_signed(authority_params()?, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let leaf = leaf_params()?.signed_by(&key, &authority)?;
    Ok(Identity {
        authority_pem: authority.pem(),
        chain: vec![leaf.der().clone()],
        key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
    })
}

fn authority_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = dated(CertificateParams::new(Vec::new())?);
    params
        .distinguished_name
        .push(DnType::CommonName, "korm embedded server CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn leaf_params() -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let mut params = dated(CertificateParams::new(names)?);
    params
        .distinguished_name
        .push(DnType::CommonName, "korm embedded server");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Strict verifiers (Python's since 3.13) insist on it.
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// Yesterday covers clocks that differ; a year is more than a process lives.
fn dated(mut params: CertificateParams) -> CertificateParams {
    use jiff::ToSpan;

    // rcgen's own name is not wanted.
    params.distinguished_name = rcgen::DistinguishedName::new();
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let from = today.saturating_sub(1.day());
    let until = today.saturating_add(1.year());
    // Months and days are positive and below 32.
    let [from, until] = [from, until].map(|date| {
        date_time_ymd(
            date.year().into(),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    });
    params.not_before = from;
    params.not_after = until;
    params
}

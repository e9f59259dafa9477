//! What is the matter with a secure connection, in kinds that differ in what can be done.

use rustls::{AlertDescription, CertificateError, Error};

/// Why no secure connection came about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// Nobody who is trusted signed the certificate.
    #[error("its certificate is signed by nobody that is trusted here")]
    UnknownAuthority,
    /// The certificate is too old.
    #[error("its certificate has expired")]
    Expired,
    /// The certificate is of the future, or the clock here of the past.
    #[error("its certificate is not valid yet")]
    NotYetValid,
    /// The certificate is for other names.
    #[error("its certificate is for {}", names(.0))]
    WrongName(Vec<String>),
    /// The other side wants a certificate of the client's, or another one.
    #[error("it does not accept this client without a certificate that it trusts")]
    ClientCertificate,
    /// What answers does not speak TLS.
    #[error("what answers there does not speak TLS")]
    NotTls,
    /// Anything else, in the words of the TLS library.
    #[error("{0}")]
    Other(String),
}

impl TlsFault {
    /// The fault among the causes of an error, if it is one of TLS.
    pub(super) fn among_causes(error: &reqwest::Error) -> Option<Self> {
        Self::in_or_below(error)
    }

    fn in_or_below(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        if let Some(fault) = error.downcast_ref::<Error>() {
            return Some(Self::of(fault));
        }
        // std::io::Error hides the error that it carries, which may be another one, from `source`
        let carried = error
            .downcast_ref::<std::io::Error>()
            .and_then(|io| io.get_ref());
        carried
            .and_then(|carried| Self::in_or_below(carried))
            .or_else(|| error.source().and_then(Self::in_or_below))
    }

    fn of(error: &Error) -> Self {
        match error {
            Error::InvalidCertificate(error) => Self::of_certificate(error),
            Error::AlertReceived(
                AlertDescription::CertificateRequired
                | AlertDescription::UnknownCA
                | AlertDescription::BadCertificate
                | AlertDescription::CertificateUnknown
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateRevoked
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::AccessDenied
                | AlertDescription::DecryptError,
            ) => Self::ClientCertificate,
            Error::InvalidMessage(_) => Self::NotTls,
            other => Self::Other(other.to_string()),
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::UnknownIssuer => Self::UnknownAuthority,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::NotValidForName => Self::WrongName(Vec::new()),
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self::WrongName(presented.iter().map(|name| plain_name(name)).collect())
            }
            other => Self::Other(other.to_string()),
        }
    }
}

/// `DnsName("a.example")` without its wrapping.
fn plain_name(name: &str) -> String {
    let inside = name
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(name).trim_matches('"').to_owned()
}

fn names(names: &[String]) -> String {
    if names.is_empty() {
        "another name".to_owned()
    } else {
        names.join(", ")
    }
}

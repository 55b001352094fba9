use std::{fmt, str::FromStr};

/// Which trace an update belongs to, and below which of its spans what follows from it stands (W3C Trace Context, section 3.2:
/// the header `traceparent`). It holds nothing about a person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceContext {
    /// The trace; not all zero.
    pub trace_id: [u8; 16],
    /// The span above; not all zero.
    pub parent_id: [u8; 8],
    /// The flags; the lowest bit says that the trace is recorded.
    pub flags: u8,
}

/// A text that is no `traceparent`; a trace is never a reason to refuse a request, so it counts as none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no traceparent of W3C Trace Context")]
pub struct NoTrace;

/// Bytes of the stored form.
const LENGTH: usize = 25;

impl TraceContext {
    /// The context as it is stored.
    pub fn to_bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..16].copy_from_slice(&self.trace_id);
        bytes[16..24].copy_from_slice(&self.parent_id);
        bytes[24] = self.flags;
        bytes
    }

    /// The context of its stored form; none when it is anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (trace_id, rest) = bytes.split_first_chunk()?;
        let (parent_id, rest) = rest.split_first_chunk()?;
        let &[flags] = rest else { return None };
        Some(Self { trace_id: *trace_id, parent_id: *parent_id, flags })
    }

    /// The trace in lower-case hexadecimal digits, as logs name it.
    pub fn trace_id(&self) -> String {
        hex(&self.trace_id)
    }
}

impl FromStr for TraceContext {
    type Err = NoTrace;

    /// Reads version 00, and of a later version what it has in common with it (section 4.3).
    fn from_str(text: &str) -> Result<Self, NoTrace> {
        let (head, rest) = text.split_at_checked(55).ok_or(NoTrace)?;
        let fields: Vec<&str> = head.split('-').collect();
        let &[version, trace_id, parent_id, flags] = fields.as_slice() else { return Err(NoTrace) };
        let [version] = unhex::<1>(version)?;
        if version == 0xff || !(rest.is_empty() || (version > 0 && rest.starts_with('-'))) {
            return Err(NoTrace);
        }
        let (trace_id, parent_id, [flags]) = (unhex(trace_id)?, unhex(parent_id)?, unhex(flags)?);
        if trace_id == [0; 16] || parent_id == [0; 8] {
            return Err(NoTrace);
        }
        Ok(Self { trace_id, parent_id, flags })
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-{:02x}", hex(&self.trace_id), hex(&self.parent_id), self.flags)
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lower-case digits only, as the specification has them.
fn unhex<const N: usize>(text: &str) -> Result<[u8; N], NoTrace> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != 2 * N || !text.bytes().all(is_digit) {
        return Err(NoTrace);
    }
    let mut bytes = [0; N];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = str::from_utf8(digits).map_err(|_| NoTrace)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| NoTrace)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_header_is_read_and_written_back() {
        let context: TraceContext = EXAMPLE.parse().expect("the example of the specification");
        assert_eq!(context.to_string(), EXAMPLE);
        assert_eq!(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(TraceContext::from_bytes(&context.to_bytes()), Some(context));
        assert_eq!(TraceContext::from_bytes(&context.to_bytes()[1..]), None);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = EXAMPLE.replacen("00", "cc", 1);
        assert_eq!(later.parse::<TraceContext>(), EXAMPLE.parse());
        assert_eq!(format!("{later}-more").parse::<TraceContext>(), EXAMPLE.parse());
    }

    #[test]
    fn what_is_no_header_counts_as_none() {
        for text in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b71692033310-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333ä-1",
        ] {
            assert_eq!(text.parse::<TraceContext>(), Err(NoTrace), "{text}");
        }
    }
}

/// The parts of a header's value between separators; one within a quoted string separates nothing (RFC 9110 section 5.6.4).
pub(super) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        let inside = quoted;
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => return character == separator && !inside,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_stays_together() {
        let parts = |text| split(text, ',').collect::<Vec<_>>();
        assert_eq!(parts("a, b"), ["a", " b"]);
        assert_eq!(parts(r#"a="b,c",d"#), [r#"a="b,c""#, "d"]);
        assert_eq!(parts(r#""a\",b",c\,d"#), [r#""a\",b""#, r"c\", "d"]);
        assert_eq!(parts(r#""a,b"#), [r#""a,b"#]);
        assert_eq!(parts(""), [""]);
    }
}

/// A filter with `…` in the place of each text and number; names, operators, `true`, `false` and `null` stay.
pub(super) fn of(filter: &str) -> String {
    let mut outline = String::new();
    let mut rest = filter.chars().peekable();
    let mut begins = true;
    while let Some(c) = rest.next() {
        if c == '"' {
            outline.push('…');
            while let Some(c) = rest.next() {
                match c {
                    '\\' => drop(rest.next()),
                    '"' => break,
                    _ => {}
                }
            }
        } else if begins && (c.is_ascii_digit() || c == '-') {
            outline.push('…');
            while rest.next_if(|c| !c.is_whitespace() && *c != ')').is_some() {}
        } else {
            outline.push(c);
        }
        begins = c.is_whitespace() || c == '(';
    }
    outline
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn an_outline_has_the_names_of_a_filter_and_no_value() {
        for (filter, outline) in [
            (r#"organization eq "North" and not (tags eq "a\"b)")"#, "organization eq … and not (tags eq …)"),
            ("custom.size gt -1.5e3 or (custom.n2 eq 7)", "custom.size gt … or (custom.n2 eq …)"),
            ("title pr and custom.vip eq true", "title pr and custom.vip eq true"),
        ] {
            assert_eq!(of(filter), outline);
        }
    }
}

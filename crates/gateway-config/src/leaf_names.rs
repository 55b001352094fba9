use canonical::Leaf;

/// What to do about a name that is not a leaf's.
pub(crate) fn no_such_leaf(name: &str) -> String {
    if name.starts_with("custom.") {
        return format!(
            "\"{name}\" is not a leaf; a custom key is 1 to 64 lower-case letters, digits or '_', and starts with a letter"
        );
    }
    match Leaf::nearest_to(name) {
        Some(near) => format!("\"{name}\" is not a leaf; did you mean \"{near}\"?"),
        None => format!("\"{name}\" is not a leaf; the leaves are those of the API, or custom.<key>"),
    }
}

use canonical::Leaf;

/// What to do about a name that is not a leaf's.
pub(crate) fn no_such_leaf(name: &str) -> String {
    if name.starts_with("custom.") {
        return format!(
            "\"{name}\" is not a leaf; a custom key is 1 to 64 lower-case letters, digits or '_', and starts with a letter"
        );
    }
    match other_name(name).or_else(|| Leaf::nearest_to(name)) {
        Some(near) => format!("\"{name}\" is not a leaf; did you mean \"{near}\"?"),
        None => format!("\"{name}\" is not a leaf; the leaves are those of the API, or custom.<key>"),
    }
}

/// The leaf that goes by this name elsewhere, at a vendor or in another standard, or without its group.
fn other_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "first_name" => "given_name",
        "last_name" => "family_name",
        "display_name" => "name",
        "username" => "preferred_username",
        "phone" | "telephone" | "mobile" => "phone_number",
        "birthday" | "date_of_birth" => "birthdate",
        "language" => "locale",
        "timezone" | "time_zone" => "zoneinfo",
        "avatar" | "photo" => "picture",
        "company" => "organization",
        "job_title" => "title",
        "city" => "address.locality",
        "state" | "province" => "address.region",
        "zip" | "zip_code" => "address.postal_code",
        _ => {
            let of_group = |leaf: &&str| leaf.split_once('.').is_some_and(|(_, member)| member == name);
            return Leaf::STANDARD.iter().map(Leaf::name).find(of_group);
        }
    })
}

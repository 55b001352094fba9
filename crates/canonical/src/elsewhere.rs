use crate::Leaf;

/// Leaves by the names that they have elsewhere: in other systems, in other standards and on the wire of the vendors. In lower case,
/// letters and digits alone, as [`plain`] makes them.
const NAMES: &[(&str, &[&str])] = &[
    ("given_name", &["firstname", "fname", "forename", "first", "namefirst", "christianname"]),
    ("family_name", &["lastname", "lname", "surname", "last", "namelast", "sn"]),
    ("middle_name", &["middlename", "mname", "middle", "middleinitial"]),
    ("nickname", &["preferredname", "preferredfirstname", "knownas", "nick", "alias"]),
    ("name", &["displayname", "fullname", "formattedname", "commonname", "cn"]),
    ("preferred_username", &["username", "login", "loginname", "screenname", "handle"]),
    ("email", &["emailaddress", "mail", "mailaddress", "emailid", "primaryemail", "useremail", "emails"]),
    (
        "phone_number",
        &[
            "phone",
            "telephone",
            "tel",
            "telephonenumber",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "workphone",
            "homephone",
            "phones",
            "phonenumbers",
            "msisdn",
        ],
    ),
    ("birthdate", &["birthday", "dateofbirth", "dob", "bday", "birth"]),
    ("gender", &["sex"]),
    ("locale", &["language", "lang", "preferredlanguage", "languagecode"]),
    ("zoneinfo", &["timezone", "tz", "timezonename", "timezoneid"]),
    (
        "picture",
        &[
            "avatar",
            "avatarurl",
            "photo",
            "photourl",
            "pictureurl",
            "image",
            "imageurl",
            "gravatar",
            "gravatarurl",
        ],
    ),
    ("website", &["url", "homepage", "web", "websiteurl", "site", "profileurl"]),
    ("title", &["jobtitle", "job", "position", "occupation", "jobposition"]),
    ("organization", &["company", "companyname", "organisation", "organizationname", "org", "employer"]),
    ("department", &["dept", "division", "departmentname"]),
    ("manager", &["reportsto", "supervisor", "managername", "managerid", "boss"]),
    ("tags", &["tag", "labels", "label", "keywords"]),
    ("address.street_address", &["street", "address1", "addressline1", "line1", "street1", "profileaddress"]),
    (
        "address.extended_address",
        &["address2", "addressline2", "line2", "street2", "suite", "apartment", "profileaddressline2"],
    ),
    ("address.locality", &["city", "town", "cityname", "profilecity"]),
    ("address.region", &["state", "province", "county", "stateprovince", "stateorprovince", "profilestate"]),
    ("address.postal_code", &["zip", "zipcode", "postcode", "postal", "postalzip", "profilezip"]),
    ("address.country", &["countrycode", "countryname", "profilecountry"]),
];

/// The groups whose name in front of a leaf's says nothing more.
const GROUPS: [&str; 3] = ["address.", "custom.", "name."];

/// The leaf that goes by this name elsewhere, or by its own one written in another way or without its group.
pub(crate) fn meant_by(name: &str) -> Option<&'static str> {
    let name = GROUPS.iter().find_map(|group| name.strip_prefix(group)).unwrap_or(name);
    let name = plain(name)?;
    let own = |leaf: &&str| {
        let member = leaf.rsplit('.').next().unwrap_or(leaf);
        plain(leaf).as_deref() == Some(&*name) || plain(member).as_deref() == Some(&*name)
    };
    let elsewhere = || NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(leaf, _)| *leaf);
    Leaf::STANDARD.iter().map(Leaf::name).find(own).or_else(elsewhere)
}

/// Letters and digits in lower case: `firstName`, `First name` and `first_name` are one. None for a name longer than any.
fn plain(name: &str) -> Option<String> {
    let letters = || name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    (name.len() <= 64 && name.is_ascii())
        .then(|| letters().collect())
        .filter(|plain: &String| !plain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_systems_lead_to_the_leaf_however_they_are_written() {
        for (name, leaf) in [
            ("first_name", "given_name"),
            ("firstName", "given_name"),
            ("First name", "given_name"),
            ("givenName", "given_name"),
            ("phone", "phone_number"),
            ("job_title", "title"),
            ("city", "address.locality"),
            ("address.city", "address.locality"),
            ("locality", "address.locality"),
            ("custom.first_name", "given_name"),
            ("dob", "birthdate"),
            ("time-zone", "zoneinfo"),
        ] {
            assert_eq!(meant_by(name), Some(leaf), "{name}");
        }
        for name in ["tier", "custom.tier", "", "_", "é", &"a".repeat(300)] {
            assert_eq!(meant_by(name), None, "{name}");
        }
    }

    #[test]
    fn every_name_stands_once_and_leads_to_a_leaf() {
        let mut names: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        assert!(names.iter().all(|name| plain(name).as_deref() == Some(*name)));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(NAMES.iter().all(|(leaf, _)| leaf.parse::<Leaf>().is_ok()));
    }
}

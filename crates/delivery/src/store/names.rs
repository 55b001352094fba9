use std::{collections::BTreeMap, fmt};

/// How the routes name one person: the subject of each route that has one, by the route's name. Its `Debug` shows no subject.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// The subject at a route.
    pub fn at(&self, route: &str) -> Option<&str> {
        self.0.get(route).map(String::as_str)
    }

    /// Notes what a route calls the person from now on; none: nothing any more.
    pub(crate) fn set(&mut self, route: &str, subject: Option<&str>) {
        match subject {
            Some(subject) => drop(self.0.insert(route.to_owned(), subject.to_owned())),
            None => drop(self.0.remove(route)),
        }
    }
}

impl FromIterator<(String, String)> for Names {
    /// From routes' names with subjects.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

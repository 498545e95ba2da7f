//! A browser without JavaScript at the screens of an office: it keeps its session and follows
//! nothing by itself.

use ureq::Agent;

/// A browser.
pub struct Browser {
    agent: Agent,
    base: String,
    cookie: String,
    /// Refusals that are no page: what the machine says by itself.
    pub faults: Vec<String>,
}

/// A page, or where it sends.
#[derive(Debug)]
pub struct Page {
    /// Status of HTTP.
    pub status: u16,
    /// Where it sends to.
    pub to: String,
    /// What it shows.
    pub text: String,
}

impl Page {
    /// The value of an input.
    pub fn value(&self, name: &str) -> String {
        let whole = || {
            let at = self.text.find(&format!("name=\"{name}\""))?;
            let rest = &self.text[at..self.text[at..].find('>')? + at];
            rest.split("value=\"").nth(1)?.split('"').next()
        };
        whole().unwrap_or_default().to_owned()
    }

    /// What stands between two texts.
    pub fn between(&self, before: &str, after: &str) -> String {
        let rest = self.text.split(before).nth(1).unwrap_or_default();
        rest.split(after).next().unwrap_or_default().to_owned()
    }
}

impl Browser {
    /// A browser that looks at `http://host:port`.
    pub fn new(base: &str) -> Browser {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .build();
        Browser {
            agent: config.new_agent(),
            base: base.to_owned(),
            cookie: String::new(),
            faults: Vec::new(),
        }
    }

    /// What the office's daemon has to know it by.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Page {
        let request = self.agent.get(format!("{}{path}", self.base));
        let answer = request.header("Cookie", &self.cookie).call();
        self.seen(answer)
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.agent.post(format!("{}{path}", self.base));
        let request = request
            .header("Cookie", &self.cookie)
            .header("Origin", &self.base);
        let answer = request.send_form(fields.iter().copied());
        self.seen(answer)
    }

    fn seen(&mut self, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Page {
        let mut answer = answer.expect("an office that answers");
        let head = |name: &str| {
            let value = answer.headers().get(name);
            let text = value.and_then(|value| value.to_str().ok());
            text.unwrap_or_default().to_owned()
        };
        let (to, cookie) = (head("location"), head("set-cookie"));
        if let Some(session) = cookie.split(';').next().filter(|it| !it.is_empty()) {
            self.cookie = session.to_owned();
        }
        let page = Page {
            status: answer.status().as_u16(),
            to,
            text: answer.body_mut().read_to_string().unwrap_or_default(),
        };
        if page.status >= 400 && !page.text.starts_with('<') {
            self.faults.push(page.text.clone());
        }
        page
    }
}

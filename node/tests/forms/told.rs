//! Why an act came back, as its clerk reads it: in the language of the page, after what the form
//! calls the input, with what to do; and beside that input when the act is filed again.

use registry::feed::ActOutcome;
use registry::value::Line;

use super::*;

/// Somebody's act that came back, and its page.
async fn returned(code: &str, words: &str) -> (Desk, String) {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    desk.centre.answer_with(vec![ActOutcome::Returned {
        code: Line::parse(code).unwrap(),
        words: Line::parse(words).unwrap(),
    }]);
    let (draft, csrf) = form_of(browser, "/acts/new/stay_notification").await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "stay_notification"),
        ("person.pin", "001190123456"),
        ("person.name", "Trần Thị Mai"),
        ("person.birth_date", "03/05/1990"),
        ("from", "01/11/2026"),
        ("do", "file"),
    ];
    let filed = browser.post(&draft, &fields).await;
    assert_eq!(filed.status, 303, "{}", filed.text);
    desk.running.until(|status| status.returned == 1).await;
    (desk, filed.to)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_came_back_says_which_input_is_wrong_and_what_to_do() {
    let english = "number, name and birth date do not belong to one person";
    let (mut desk, act) = returned("person_mismatch", english).await;
    let told = "không thuộc về một người theo dữ liệu; so lại với thẻ rồi nộp lại";
    let page = desk.browser.get(&act).await.text;
    assert!(
        page.contains(told) && page.contains("Số định danh"),
        "{page}"
    );
    assert!(!page.contains(english));
    let id = act.rsplit('/').next().unwrap();
    let again = format!("/acts/new/stay_notification?again={id}");
    let form = desk.browser.get(&again).await;
    assert_eq!(form.status, 200);
    let beside = form.text.split("id=\"person-pin-wrong\">").nth(1).unwrap();
    assert!(beside.split('<').next().unwrap().contains(told));
    assert_eq!(form.value("person.pin").as_deref(), Some("001190123456"));
    // The same in English.
    desk.browser.cookie.push_str("; npd_language=en");
    let page = desk.browser.get(&act).await.text;
    assert!(page.contains("compare them with the card, then file again"));
    assert!(!page.contains(told));
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_centre_says_in_both_languages_is_read_in_the_one_of_the_page() {
    let both = "Phone: a value is of another kind ‖ Điện thoại: giá trị không đúng loại";
    let (mut desk, act) = returned("value_misfit", both).await;
    let page = desk.browser.get(&act).await.text;
    assert!(
        page.contains("Điện thoại: giá trị không đúng loại"),
        "{page}"
    );
    assert!(!page.contains("of another kind"));
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_declined_a_proposal_is_read_in_their_own_words() {
    let why = "Gia đình đã chuyển đi từ tháng trước";
    let (mut desk, act) = returned("proposal_declined", why).await;
    let page = desk.browser.get(&act).await.text;
    assert!(
        page.contains("đã từ chối đề nghị") && page.contains(why),
        "{page}"
    );
    desk.running.stop().await;
}

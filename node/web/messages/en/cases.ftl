cases-open = Open
cases-closed = Closed
cases-none-open = No case is open.
cases-none-closed = No case has been closed yet.
cases-more = { $n ->
    [one] and 1 more case
   *[other] and { $n } more cases
}
case-number = No.
case-matter = Matter
case-harm = Harm of a wrong decision
case-due = Due
case-next = What happens next
case-open = open
case-closed = closed
case-you-are-asked = Your office is asked:
case-what-now = What happens next
case-came-to = What came of it
case-agreed-before = The value agreed before the case:
case-for-you = What you should know
case-owner = Who decides
case-opened = Opened
case-law = Rule
case-sides = The sides
case-side = Side { $n }
case-own-side = your office
case-office = Office
case-from-making = As the record was made
case-clock = Device's clock
case-stays = A member who stays
case-paper-against = The paper against it
case-not-held = not held here
case-differs = differs
case-agreed = The value last agreed, shown meanwhile:
case-questions = Questions
case-to-us = To your office
case-answers = Answers so far
case-no-answers = No answer yet.
case-papers-only = Papers added
case-answer = Answer the question
case-agree = Agree with the other side
case-add-paper = Add a paper
case-withdraw = Withdraw: { $act }
harm-1 = none
harm-2 = light
harm-3 = some
harm-4 = grave
harm-5 = very grave
due-over = { $n ->
    [one] 1 day over
   *[other] { $n } days over
}
due-today = due today
due-left = { $n ->
    [one] 1 day left
   *[other] { $n } days left
}
part-value = What is claimed
part-commune = Commune
part-address = Address
part-from = From
part-until = Until
part-ended = Ended
part-ground = Ground
part-spouse = Spouse
part-date = Date
part-certificate = Certificate
part-place = Place
part-household = Household
verdict-proposed = One reviewer has decided; a second one must agree
verdict-decided = The decision
verdict-reversing = A reviewer wants the decision undone
verdict-reversed = The decision was undone
verdict-below = One level below, case { $n }
verdict-both = { $first } and { $second }
verdict-reason = Reason:
verdict-act = The act that carries it out
outcome-keep = Side { $n } holds; what the other side entered is taken back.
outcome-combine = They are one: the record of side { $n } stays, and gets what it lacks from the other.
outcome-enter = Neither side holds; the right value is: { $value }
outcome-no-conflict = No conflict: both stand, and this is not asked again.
outcome-ask = { $office } is asked: { $question }
outcome-decline = The proposal is not carried out; the act goes back to its office.
outcome-reverse = The decision is undone: all that it brought about is taken back.

act = Act
about = About
entered = Entered
officer = Officer
due = due
state-provisional = unsent
state-waiting = waits for another
state-final = final
state-disputed = in review
state-returned = returned
state-parked = with another office
state-quarantined = unreadable
state-withdrawn = withdrawn
state-set_aside = set aside
queue = My work

queue-returned = Returned
queue-disputed = In review
queue-parked = With another office
queue-unsent = Unsent
queue-empty = Nothing waits for you.
queue-today = { $n ->
    [one] 1 act entered today
   *[other] { $n } acts entered today
}
queue-begin = Begin an act
acts-all = All
acts-none = No acts.
acts-more = Only the newest are shown; filter by state for others.
act-provisional = Safe on this device. It is provisional until the centre has confirmed it.
tracking-code = Tracking code
act-number = Number
effective = Effective
dossier = Dossier
papers = Papers
paper-added = added
records = Records
receipt = Receipt
withdraw = Withdraw
add-paper = Add a paper
case = Case
acts-all-kinds = All acts
act-again = Correct and file again
act-again-words = The act came back and has no effect. Put it right and file it again; put it aside if it is no longer wanted.
act-aside = Put aside, do not file again
act-filed-again = It was filed again ({ $officer }, { $at }).
act-put-aside = It was put aside and is not filed again ({ $officer }, { $at }).
act-again-open = Open the act filed again
queue-all = The office's queue
queue-whose = Whose queue
queue-mine = Mine
queue-everybody = The whole office's
day-acts = Acts of a day
day-of = Acts entered on { $day }
day-choose = Day
day-show = Show this day
day-wrong = This is no day; type it as 22/11/2026.
day-total = { $n ->
    [one] { $n } act in all
   *[other] { $n } acts in all
}
day-by-officer = By officer
day-by-kind = By procedure
day-count = Acts
day-part = Acts { $from } to { $to }
day-none = No act was entered on this day.
page-next = Next page
page-first = Back to the first page

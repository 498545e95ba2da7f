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

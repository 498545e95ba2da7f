find = Find
find-label = Find a person
find-hint = Name with or without accents, birth year, number or part of it, household file, hamlet, phone – in any order.
find-nobody = Nobody fits, your unsent work included. Try fewer words, or scan the card.
people-found = { $n ->
    [one] 1 person fits
   *[other] { $n } people fit
}
reason-label = Reason for opening
reason-counter = Citizen at the counter
reason-act_in_hand = Act in hand
reason-case_work = Case work
reason-verification = Verification on request
reason-quality = Data quality
reason-audit = Audit
opening = Reason for opening the record
opening-words = Each opening of a record is written down with its reason.
scan = Scan an identity card
scan-label = What the scanner gives
scan-hint = Put the cursor here, then scan the QR code or the three lines.
scan-read = Read the card
card = Card
card-pin = Number
card-name = Name
card-birth_date = Date of birth
card-sex = Sex
card-address = Address on the card
card-old_number = Old number
card-issued = issued { $date }
card-expires = Valid until
card-differs = Card and record differ in:
card-no-proof = The code is not signed: it saves typing and proves nothing.
card-collect = Collect a person who is not in the registry
find-other-name = other name: { $name }
find-part = Shown: { $from } to { $to }.
find-more-words = Type more (a middle name, the year of birth, the hamlet) to see fewer.
people-found-many = { $n } people or more match: type more to have fewer

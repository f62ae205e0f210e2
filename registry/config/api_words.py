"""What the description of the API says before its operations: how one asks, and what each part is about."""

DESCRIPTION = """\
One file for life: points, standing and procedure of practitioners paid by the insurance fund.

* **Who asks.** Every request carries a key: `Authorization: Bearer drk_…`. A security administrator issues it: to a
  settlement system, which asks only whether services are payable, to an authority's system, which only reads, in its
  region, or to the program of a person, which may do what that person's account may do. Each operation names its roles.
* **Reading.** What is not yours is not there (404). A list comes in pages, and `next` is the address of the one that
  follows. One row has an `ETag`; with `If-None-Match` the answer is 304 while nothing has changed.
* **Doing.** An act is a POST with an `Idempotency-Key` of yours: the same request under the same key is answered the
  same for ever. `If-Match` names what you decided on. Where two people are needed, the second signs at
  `/api/v1/signatures/` first.
* **Days** are days in Shanghai, as `2026-03-10`; instants are RFC 3339 with their offset. `ends_on` and `until` are the
  first day that no longer counts.
* **Problems** are RFC 9457 (`application/problem+json`). `type` and `code` stay the same; the sentences follow
  `Accept-Language` (English or Chinese).
"""

TAGS = [
    {"name": name, "description": description}
    for name, description in (
        ("settlement", "Is a service payable, or which ones of a whole file are not? For settlement systems."),
        ("practitioners", "People, their registrations, and where they stand on a day (相关人员)."),
        ("points", "Points entries, periods, and who stands how (记分)."),
        ("cases", "Handlings, personal triggers, cases, and who answers for them (处理、案件、责任认定)."),
        ("proposals", "Points proposed, countersigned, told, received and decided (记分建议)."),
        ("objections", "Objections and appeals, from filing to decision (异议申诉)."),
        ("outcomes", "What a reconsideration or a court decided elsewhere."),
        ("panels", "Panels of experts: asked for, drawn, and what they decided (同行评议)."),
        ("experts", "The pool of experts (专家库)."),
        ("desk of experts", "What an expert is asked to judge, without names."),
        ("repair", "Activities and applications for relief or a shorter period (修复)."),
        ("measures", "Measures against institutions with too many sanctions (机构措施)."),
        ("tasks", "Work lists, due days, and talks (待办)."),
        ("notices", "What your body was told, that it knows of it, and what followed (通报)."),
        ("exchange", "What the register of another province asks of this one (省际交换)."),
        ("endpoints", "The systems that notices are pushed to, and what did not get through (接收端)."),
        ("subscriptions", "Named persons of whom your body asked to be told (订阅)."),
        ("places", "Regions, agencies, institutions and their agreements (定点医药机构)."),
        ("rosters", "Staff lists of institutions, checked and then applied (人员名册)."),
        ("merges", "Two files of one person become one, or two again."),
        ("law", "Policies, the working calendar, and what another policy would mean (政策)."),
        ("statistics", "Counts by region, institution, situation or month, and how evenly is decided."),
        ("exports", "Whole lists as files."),
        ("files", "Files handed in, to be named in an act."),
        ("signatures", "The second person's signature on an act of another."),
    )
]

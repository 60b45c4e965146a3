"""How the regulation is changed: drafts by forms, what they would do, opinions, the law's judgement, the signature."""

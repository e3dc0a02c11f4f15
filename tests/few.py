"""The organisation of tests in which most of what is asked needs only a few people of each role."""

FEW_PEOPLE = {
    "teams": 2,
    "practitioners_per_team": 3,
    "back_office": 2,
    "vcs_partners": 2,
    "lived_experience": 2,
    "health_partners": 2,
    "facilitators": 1,
}

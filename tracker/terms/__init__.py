"""Words an institution uses for its programme, its office, its champions and its learners, from day to day."""

"""The pages behind the log-in, one file a subject."""

from __future__ import annotations

from flask_admin import BaseView


def all_views() -> list[BaseView]:
    """Every view besides the home page, in the order of the menu."""
    from backoffice.views import (
        account,
        applications,
        channels,
        companies,
        conversations,
        dashboards,
        interviews,
        messaging,
        people,
        records,
        users,
        vacancies,
    )  # fmt: skip

    return [
        vacancies.VacanciesView(endpoint="vacancies", url="/vacancies"),
        people.PeopleView(endpoint="people", url="/people"),
        applications.ApplicationsView(endpoint="applications", url="/applications"),
        interviews.InterviewsView(endpoint="interviews", url="/interviews"),
        conversations.ConversationsView(endpoint="conversations", url="/conversations"),
        dashboards.DashboardsView(endpoint="dashboards", url="/dashboards"),
        messaging.MessagingView(endpoint="messaging", url="/messaging"),
        companies.CompaniesView(endpoint="companies", url="/companies"),
        users.UsersView(endpoint="users", url="/users"),
        channels.ChannelsView(endpoint="channels", url="/channels"),
        *records.record_views(),
        account.AccountView(endpoint="account", url="/account"),
    ]

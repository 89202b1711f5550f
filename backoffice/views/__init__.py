"""The pages behind the log-in, one file a subject."""

from __future__ import annotations

from flask_admin import BaseView


def all_views() -> list[BaseView]:
    """Every view besides the home page, in the order of the menu."""
    from backoffice.views import (
        about,
        account,
        announcements,
        api_clients,
        applications,
        board,
        board_settings,
        candidates,
        channels,
        companies,
        conversations,
        dashboards,
        interviews,
        lists,
        mass,
        messaging,
        people,
        quick_replies,
        ranking,
        records,
        search,
        shortlists,
        users,
        vacancies,
        webhooks,
        workbench,
    )  # fmt: skip

    return [
        vacancies.VacanciesView(endpoint="vacancies", url="/vacancies"),
        candidates.CandidatesView(endpoint="candidates", url="/candidates"),
        shortlists.ShortlistsView(endpoint="shortlists", url="/shortlists"),
        people.PeopleView(endpoint="people", url="/people"),
        applications.ApplicationsView(endpoint="applications", url="/applications"),
        board.BoardView(endpoint="board", url="/board"),
        board_settings.BoardSettingsView(endpoint="board_settings", url="/board/settings"),
        interviews.InterviewsView(endpoint="interviews", url="/interviews"),
        conversations.ConversationsView(endpoint="conversations", url="/conversations"),
        quick_replies.QuickRepliesView(endpoint="quick_replies", url="/quick-replies"),
        announcements.AnnouncementsView(endpoint="announcements", url="/announcements"),
        dashboards.DashboardsView(endpoint="dashboards", url="/dashboards"),
        messaging.MessagingView(endpoint="messaging", url="/messaging"),
        companies.CompaniesView(endpoint="companies", url="/companies"),
        users.UsersView(endpoint="users", url="/users"),
        channels.ChannelsView(endpoint="channels", url="/channels"),
        ranking.RankingView(endpoint="ranking", url="/ranking"),
        api_clients.ApiClientsView(endpoint="api_clients", url="/api-clients"),
        webhooks.WebhooksView(endpoint="webhooks", url="/webhooks"),
        workbench.WorkbenchView(endpoint="workbench", url="/workbench"),
        *records.record_views(),
        mass.MassView(endpoint="mass", url="/mass"),
        lists.ListsView(endpoint="lists", url="/lists"),
        search.SearchView(endpoint="search", url="/search"),
        about.AboutView(endpoint="about", url="/about"),
        account.AccountView(endpoint="account", url="/account"),
    ]

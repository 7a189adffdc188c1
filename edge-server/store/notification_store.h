#pragma once

#include "edge-server/sql/database.h"
#include "edge-server/store/list_page.h"
#include "shared/domain/notification.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

struct NotificationFilter {
    std::string status; // '' for all
    std::string type;
    std::string organization_id;
    std::string after_id = above_all_ids; // keyset: ids before this one (newest first)
    int limit = 50;
};

// A pending one of the same type and subject is brought up to date instead.
void put_notification(sql::Writer& db, Notification const& notification);
std::optional<Notification> find_notification(sql::Reader& db, std::string const& id);
std::vector<Notification> list_notifications(sql::Reader& db, NotificationFilter const& filter);
std::vector<Notification> list_oldest_pending(sql::Reader& db, int limit);
Counts count_notifications(sql::Reader& db, NotificationFilter const& filter); // by status, whatever the filter's
void decide_notification(
    sql::Writer& db, std::string const& id, std::string const& status, std::string const& user_id); // '' when the product did it
void resolve_orphan_notifications(sql::Writer& db, std::set<std::string> const& still_there); // by SID
void resolve_notifications_about(sql::Writer& db, std::string const& subject);
void reopen_last_notification(sql::Writer& db, std::string const& organization_id, std::string const& subject); // pending again
void resolve_notification(sql::Writer& db, std::string const& type, std::string const& subject);

#pragma once

#include "shared/base/error.h"

#include "shared/base/time.h"

#include <cstdint>
#include <optional>
#include <string>

// What a dealership writes when it signs up. Members are named as in the request.
struct Signup {
    std::string email;
    std::string password;
    std::string organization_name;
    std::string organization_slug;
    std::string area_code; // '' lets the installation choose
    std::string time_zone; // IANA name; '' follows from the area code
};

// A dealership: the tenant.
struct Organization {
    std::string id;
    std::string name;
    std::string slug;
    std::string email;
    std::string area_code; // '' when the form did not say
    std::string time_zone;
    std::string state; // open, suspended, closed
    Time created_at;
    Time closed_at = {};
};

// What may be set of a dealership beside its name and time zone.
struct OrganizationSettings {
    bool outbound_allowed = false; // to people who did not write first; a platform admin's word
    std::string forwarding_number; // the dealership's own phone, E.164: calls go there when Jack cannot answer; '' for none
    std::string group; // the name of the group that it belongs to; '' for none
    bool shares_opt_outs = false; // a STOP to one of its group counts for it too
    std::int64_t monthly_budget = 0; // micro-dollars
};

// The first rule that each member breaks, if any; `field` names it.
std::optional<Error> check_email(std::string const& email);
std::optional<Error> check_password(std::string const& password);
std::optional<Error> check_organization_name(std::string const& name);
std::optional<Error> check_slug(std::string const& slug);
std::optional<Error> check_area_code(std::string const& area_code);
std::optional<Error> check_time_zone(std::string const& time_zone);
std::optional<Error> check_group(std::string const& group);

// "Premium Auto Sales" -> "premium-auto-sales"; '' when nothing of the name can be kept.
std::string slug_from_name(std::string const& name);

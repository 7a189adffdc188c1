#include "shared/domain/ledger.h"

std::string month_of(Time at)
{
    return to_rfc3339(at).substr(0, 7);
}

std::string day_of(Time at)
{
    return to_rfc3339(at).substr(0, 10);
}

// exit: 107
// covers: hostile
import sql from 'k6/x/sql';

export default function () {
  sql.open();
}

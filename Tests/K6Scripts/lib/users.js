// open() looks beside the file that calls it.
export const users = JSON.parse(open('../data/users.json'));

// Every page there is, for what must hold on all of them.

/** Each has a name, its path, who sees it, and whether its picture is taken on a phone too. */
export const pages = [
  { name: 'sign-in', path: () => '/sign-in', as: 'nobody', phone: true },
  { name: 'unlock', path: () => '/unlock', as: 'locked' },
  { name: 'password', path: () => '/password' },
  { name: 'account', path: () => '/account' },
  { name: 'start', path: () => '/', phone: true },
  { name: 'find', path: () => '/find' },
  { name: 'found', path: () => '/find?q=nguyen', phone: true },
  { name: 'nobody-found', path: () => '/find?q=qqqqzzzz' },
  { name: 'opening', path: ({ subject }) => `/people/${subject.id}` },
  { name: 'person', path: ({ subject }) => `/people/${subject.id}?reason=counter`, phone: true },
  { name: 'household', path: ({ subject }) => `/households/${subject.household}?reason=counter`, phone: true },
  { name: 'acts', path: () => '/acts', phone: true },
  { name: 'act', path: ({ subject }) => `/acts/${subject.act}` },
  { name: 'choose', path: () => '/acts/new' },
  { name: 'birth', path: () => '/acts/new/birth', phone: true },
  { name: 'death', path: ({ subject }) => `/acts/new/death?person=${subject.id}` },
  { name: 'move', path: () => '/acts/new/permanent_registration' },
  { name: 'correction', path: ({ subject }) => `/acts/new/correction?person=${subject.id}` },
  { name: 'cases', path: () => '/cases' },
  { name: 'quality', path: () => '/quality' },
  { name: 'statistics', path: () => '/statistics' },
  { name: 'officers', path: () => '/officers' },
  { name: 'link', path: () => '/link', phone: true },
  { name: 'unknown', path: () => '/acts/00000000000000000000000000000000' },
];

/** Set by the bundler from package.json. */
declare const ICAFORM_VERSION: string;

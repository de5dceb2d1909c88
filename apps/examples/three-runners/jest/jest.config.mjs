export default { preset: '@carpool/jest', maxWorkers: 2 };

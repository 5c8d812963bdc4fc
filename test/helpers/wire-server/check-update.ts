import { CommandError } from './command-error.js';
import { type Fields, isFields } from './documents.js';
import type { Update } from './update-document.js';

const OPERATORS = [
  '$addToSet',
  '$bit',
  '$currentDate',
  '$inc',
  '$max',
  '$min',
  '$mul',
  '$pop',
  '$pull',
  '$pullAll',
  '$push',
  '$rename',
  '$set',
  '$setOnInsert',
  '$unset',
];
const STAGES = ['$addFields', '$set', '$project', '$unset', '$replaceRoot', '$replaceWith'];

/** Whether the update names operators, rather than being the new document itself. */
export const hasOperators = (update: Fields): boolean =>
  Object.keys(update).some((name) => name.startsWith('$'));

/** Whether the update is the new document itself. */
export const isReplacement = (update: Update): boolean =>
  !Array.isArray(update) && !hasOperators(update as Fields);

/** Refuses what is wrong with an update in itself, whether or not anything matches. */
export function checkUpdate(update: Update): void {
  if (Array.isArray(update)) checkStages(update);
  else if (hasOperators(update as Fields)) checkOperators(update as Fields);
}

function checkOperators(update: Fields): void {
  const paths: string[] = [];
  for (const [operator, fields] of Object.entries(update)) {
    if (!OPERATORS.includes(operator) || !isFields(fields)) {
      throw new CommandError('FailedToParse', `Unknown modifier: ${operator}`);
    }
    if (operator === '$inc' || operator === '$mul') checkAmounts(operator, fields);
    paths.push(...Object.keys(fields));
    if (operator === '$rename') paths.push(...Object.values(fields).map(String));
  }
  checkConflicts(paths);
}

function checkStages(stages: readonly Fields[]): void {
  for (const stage of stages) {
    const [name = ''] = Object.keys(stage);
    if (STAGES.includes(name)) continue;
    throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
  }
}

function checkAmounts(operator: string, fields: Fields): void {
  for (const [path, amount] of Object.entries(fields)) {
    if (!Number.isNaN(Number(amount)) && amount !== null && typeof amount !== 'boolean') continue;
    throw new CommandError(
      'TypeMismatch',
      `Cannot ${operator.slice(1)} with non-numeric argument: {${path}: ${amount}}`,
    );
  }
}

/** Two operators may not write one field, nor a field and a part of it. */
function checkConflicts(paths: readonly string[]): void {
  const sorted = paths.map((path) => `${path}.`).sort();
  for (const [index, path] of sorted.entries()) {
    const previous = sorted[index - 1];
    if (previous === undefined || !path.startsWith(previous)) continue;
    throw new CommandError(
      'ConflictingUpdateOperators',
      `Updating the path '${path.slice(0, -1)}' would create a conflict at ` +
        `'${previous.slice(0, -1)}'`,
    );
  }
}

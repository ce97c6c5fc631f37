import { PipelineError } from '@whisper/shared/contracts/errors';

/** The PipelineError that this work must end with. */
export async function pipelineFailure(work: Promise<unknown>): Promise<PipelineError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PipelineError) return error;
    throw error;
  }
  throw new Error('this should have failed');
}

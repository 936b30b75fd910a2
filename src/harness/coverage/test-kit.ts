/** What a told story meets, for tests of conditions. */
import type { Story } from "../oracle/test-history.ts";
import { coverageOf, type PlanCoverage } from "./coverage.ts";

export const coverageOfStory = (story: Story): PlanCoverage =>
  coverageOf(story.planned, story.history(), story.judge());

export const met = (story: Story, id: string): boolean => coverageOfStory(story).conditions.includes(id);

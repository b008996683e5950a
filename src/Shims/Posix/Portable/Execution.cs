namespace Shims.Posix;

/// <summary>A process cannot become its script in a portable build.</summary>
internal static unsafe class Execution
{
    internal static void ExecScript(LaunchPlan* plan) => (plan->FailedAt, plan->Errno) = (LaunchStep.Exec, Errno.ENOSYS);
}

using System.Text;
using Shims.Cgi;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>Responds to requests by running CGI scripts: resolve, make the environment, start.</summary>
/// <param name="waiting">A script that runs already; null if there is none.</param>
internal sealed class ScriptResponder(WaitingScript? waiting) : IResponder
{
    /// <summary>More than that would only wait for each other in the kernel.</summary>
    private const int ReasonableLoops = 8;

    /// <summary>One more than there are processors, as some loop always stands still while the script that it starts has its processor.</summary>
    /// <remarks>
    /// Requests per second, 8 clients, two processors, against one loop: two loops 1.8 times as many, three 2.2, four 2.0, on a machine that others used too; on a
    /// quiet one docs/benchmarks.md has the figures. A portable build can start scripts from one thread only.
    /// </remarks>
    public int MaxLoops => Platform.IsPortable ? 1 : Math.Min(Environment.ProcessorCount + 1, ReasonableLoops);

    public void Prepare(LoopContext first, bool servesMany)
    {
        if (servesMany)
            Libc.ForgetEndsOfChildren();
    }

    /// <summary>Starts the script of a request whose variables have been read.</summary>
    /// <param name="exchange">The request. Its response, or the page that says why there is none, is set.</param>
    /// <param name="connection">The script's output if it is to write to the connection itself, else -1.</param>
    public void Start(Exchange exchange, int connection)
    {
        if (Admission.Admit(exchange, exchange.Context.Limits.WaitSeconds > 0 ? Later(exchange, connection) : null))
            Begin(exchange, connection);
    }

    private Action Later(Exchange exchange, int connection) => () => Begin(exchange, connection);

    private void Begin(Exchange exchange, int connection)
    {
        GatewayOptions options = exchange.Context.Options;
        // All that the start needs is forgotten with it; a script may run for long, and only what may have to be explained is kept for it.
        ref Arena workspace = ref exchange.Context.WorkspaceOf(ScriptLaunch.MemoryFor(exchange.Variables.Block.Length, options.Environment));
        Resolution resolution = ScriptLaunch.Prepare(options.Target, exchange.Variables, exchange.BodyLength, options.Environment, ref workspace, out LaunchPlan plan, out bool holdsBack);
        if (resolution != Resolution.Found)
        {
            Refuse(exchange, resolution, plan);
            return;
        }
        if (holdsBack)
            HeldBackNames.Tell(Encoding.UTF8.GetBytes(options.Program), exchange.Variables,
                options.Target.Options?.SectionOf(plan)?.Environment ?? options.Environment);
        exchange.Keep(plan);
        exchange.Observer?.Prepared(exchange.Plan);
        exchange.Outcome.Mode = connection >= 0 ? RequestMode.Supervise : RequestMode.Relay;
        do
            exchange.Response = connection >= 0 ? ScriptSupervision.Start(exchange, ref plan, connection) : ScriptRelay.Start(exchange, ref plan, waiting);
        while (exchange.Response is null && plan.LacksDescriptors && exchange.Context.MakeRoom?.Invoke() == true);
        plan.Release();
        if (exchange.Response is null)
            exchange.Fail(ScriptDiagnosis.Explain(plan));
    }

    /// <summary>There is no script to start.</summary>
    private static void Refuse(Exchange exchange, Resolution resolution, in LaunchPlan plan)
    {
        ScriptTarget target = exchange.Context.Options.Target;
        if (resolution == Resolution.NeedsSlash)
        {
            exchange.Observer?.GiveUp();
            ErrorPageResponse.Give(exchange, SlashRedirect.StatusFor(exchange.Variables), SlashRedirect.PageFor(exchange.Variables, withBody: !exchange.IsHead));
            return;
        }
        exchange.Observer?.Prepared(plan);
        exchange.Fail(resolution == Resolution.IsDirectory ? RequestedDirectory.Explain(target, exchange.Variables)
            : ScriptDiagnosis.Explain(resolution, target, plan));
    }
}

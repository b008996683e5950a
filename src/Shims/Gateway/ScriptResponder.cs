using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>Answers requests by running CGI scripts: resolve, make the environment, start.</summary>
internal sealed class ScriptResponder : IResponder
{
    /// <summary>Starts the script of a request whose variables have been read.</summary>
    /// <param name="exchange">The request. Its answer, or the page that says why there is none, is set.</param>
    /// <param name="connection">The script's output if it is to write to the connection itself, else -1.</param>
    public void Start(Exchange exchange, int connection)
    {
        if (!Admission.Admit(exchange))
            return;
        GatewayOptions options = exchange.Server.Options;
        Resolution resolution = ScriptLaunch.Prepare(options.Target, exchange.Variables, exchange.BodyLength, options.Environment, ref exchange.Memory, out LaunchPlan plan);
        exchange.Recording?.Prepared(plan);
        if (resolution != Resolution.Found)
        {
            exchange.Fail(ScriptDiagnosis.Explain(resolution, options.Target));
            return;
        }
        exchange.Answer = connection >= 0 ? ScriptSupervision.Start(exchange, ref plan, connection) : ScriptRelay.Start(exchange, ref plan);
        if (exchange.Answer is null)
            exchange.Fail(ScriptDiagnosis.Explain(plan));
        else
            exchange.Answer.Advance();
    }
}

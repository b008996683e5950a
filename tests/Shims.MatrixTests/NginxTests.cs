namespace Shims.MatrixTests;

public sealed class NginxTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> Nginx => Cells.Of("nginx");

    [Theory, MemberData(nameof(Nginx))]
    public Task Behind_nginx(string front, Check check) => FillAsync(front, check);
}

using System.Text.Json;

namespace Tests.Formats;

/// <summary>Common Test Report Format (ctrf.io).</summary>
internal sealed class CtrfReport(string text) : IReport
{
    private readonly JsonElement _tests = JsonDocument.Parse(text).RootElement.GetProperty("results").GetProperty("tests");

    public ReportedResult this[string name]
    {
        get
        {
            JsonElement test = Assert.Single(_tests.EnumerateArray(), test => ReportFormats.Unescape(test.GetProperty("name").GetString()!) == name);
            string outcome = test.GetProperty("status").GetString() switch { "passed" => "Pass", "failed" => "Fail", _ => "Skip" };
            var attachments = new Dictionary<string, string>(StringComparer.Ordinal);
            if (test.TryGetProperty("attachments", out JsonElement list))
            {
                foreach (JsonElement attachment in list.EnumerateArray())
                    attachments.Add(attachment.GetProperty("name").GetString()!, File.ReadAllText(attachment.GetProperty("path").GetString()!));
            }

            return new ReportedResult(outcome, string.Join('\n', Texts(test)), attachments)
            {
                Source = test.TryGetProperty("filePath", out JsonElement file) ? (file.GetString()!, test.GetProperty("line").GetInt32()) : null,
            };
        }
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().Where(property => property.Name != "attachments").SelectMany(property => Texts(property.Value)),
        _ => [],
    };
}

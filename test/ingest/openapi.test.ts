import * as assert from 'uvu/assert';
import { dialects } from '@whisper/ingest/dialects/dialects';
import { openApiDocument } from '@whisper/ingest/openapi/document';
import { docsPage } from '@whisper/ingest/openapi/docs-page';
import { OPTION_FIELDS } from '@whisper/shared/contracts/option-fields';
import { suite } from '../helpers/suite.ts';

suite('the OpenAPI document', {}, (test) => {
  test('every route of every dialect is in it, under its own error schema', () => {
    const { paths } = openApiDocument();
    for (const { uploads } of dialects) {
      for (const { fileField, path } of uploads) {
        const form = paths[path]?.post?.requestBody?.content['multipart/form-data']?.schema;
        assert.ok(form?.properties?.[fileField], path);
        assert.ok(paths[path]?.post?.responses['default']?.content?.['application/json']?.schema, path);
      }
    }
    assert.ok(paths['/v1/models/{id}']?.get);
    assert.ok(paths['/jobs']?.get && paths['/jobs'].post);
  });

  test('it knows every option by the name of its field, with its bounds', () => {
    const form = openApiDocument().paths['/transcribe']?.post?.requestBody?.content['multipart/form-data'];
    const fields = form?.schema.properties ?? {};
    for (const name of Object.values(OPTION_FIELDS)) assert.ok(fields[name], name);
    assert.is(fields['vad_threshold']?.['maximum'], 1);
    assert.is(fields['vad_threshold']?.default, 0.5);
  });

  test('the page has every path and nothing from elsewhere', () => {
    const document = openApiDocument();
    const page = docsPage(document);
    for (const path of Object.keys(document.paths)) assert.ok(page.includes(path), path);
    assert.not.match(page, /<script|https?:\/\//);
  });
});
